import gc

from app import app


def test_garbage_is_collected_again_once_the_app_is_made():
    """
    Nobody looks for any during the cold start.
    """
    assert app.app_name == "brokkr"
    assert gc.isenabled()
