# What the demo leaves to play with: a generator with a stack that the agent of the tutorial has.
created=$(brokkr-broker create generator --name playground 2>/dev/null)
PLAY_PAK=$(awk '/^Initial PAK:/ { print $3 }' <<<"$created")
PLAY_STACK=$(curl -sS --fail-with-body -X POST "$BROKKR_URL/api/v1/stacks" \
  -H "Authorization: Bearer $PLAY_PAK" -H "Content-Type: application/json" -d '{"name": "playground"}' | jq -r .id)
curl -sS --fail-with-body -o target.json -X POST "$BROKKR_URL/api/v1/agents/$AGENT_ID/targets" \
  -H "Authorization: Bearer $ADMIN_PAK" -H "Content-Type: application/json" -d "{\"stack_id\": \"$PLAY_STACK\"}"
sed 's/myapp/playground/g' myapp.yaml > playground.yaml
curl -sS --fail-with-body -o pushed.json -X POST "$BROKKR_URL/api/v1/stacks/$PLAY_STACK/deployment-objects" \
  -H "Authorization: Bearer $PLAY_PAK" -H "Content-Type: application/yaml" --data-binary @playground.yaml
echo "$PLAY_PAK $PLAY_STACK"
