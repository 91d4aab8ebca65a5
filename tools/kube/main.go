// One binary holding a Kubernetes control plane for tests:
// kube etcd|apiserver|controller-manager|scheduler|nodes [flags]
package main

import (
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/component-base/cli"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	kcm "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

var extra = map[string]func(){} // see kubectl.go

func main() {
	if len(os.Args) < 2 {
		fatal("usage: kube etcd|apiserver|controller-manager|scheduler|nodes [flags]")
	}
	dieWith(os.Getenv("KUBE_DIES_WITH"))
	name := os.Args[1]
	os.Args = append([]string{name}, os.Args[2:]...)
	var c *cobra.Command
	switch name {
	case "etcd":
		etcd()
		return
	case "apiserver":
		c = apiserver.NewAPIServerCommand()
	case "controller-manager":
		c = kcm.NewControllerManagerCommand()
	case "scheduler":
		c = scheduler.NewSchedulerCommand()
	case "nodes":
		if len(os.Args) != 2 {
			fatal("usage: kube nodes KUBECONFIG")
		}
		fatal(nodes(os.Args[1]))
	default:
		if f := extra[name]; f != nil {
			f()
			return
		}
		fatal("unknown command " + name)
	}
	os.Exit(cli.Run(c))
}

// dieWith PID: however the process PID ends, kill -9 included, this one, its child, goes with it.
// main runs on the process's first thread, so what is set here holds until the end.
func dieWith(pid string) {
	if pid == "" {
		return
	}
	_, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_PDEATHSIG, uintptr(syscall.SIGKILL), 0)
	if errno != 0 {
		fatal(errno)
	}
	if strconv.Itoa(os.Getppid()) != pid {
		fatal("the process that started this one has ended")
	}
}

// etcd DIR CLIENT-URL: one member, no peer port, no fsync. What it advertises (localhost:2379) nobody asks for.
func etcd() {
	if len(os.Args) != 3 {
		fatal("usage: kube etcd DIR unix:///SOCKET|http://127.0.0.1:PORT")
	}
	u, err := url.Parse(os.Args[2])
	if err != nil {
		fatal(err)
	}
	cfg := embed.NewConfig()
	cfg.Dir = os.Args[1]
	cfg.ListenPeerUrls = nil
	cfg.ListenClientUrls = []url.URL{*u}
	cfg.UnsafeNoFsync = true
	cfg.LogLevel = "warn"
	cfg.WarningUnaryRequestDuration = embed.DefaultWarningUnaryRequestDuration // else 0: warns of every request
	e, err := embed.StartEtcd(cfg)
	if err != nil {
		fatal(err)
	}
	sig := make(chan os.Signal, 1)
	signal.Notify(sig, syscall.SIGINT, syscall.SIGTERM)
	select {
	case <-sig:
		e.Close()
	case err := <-e.Err():
		fatal(err)
	}
}

func fatal(v any) {
	fmt.Fprintln(os.Stderr, "kube:", v)
	os.Exit(1)
}
