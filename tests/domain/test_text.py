import pytest

from chalicelib.domain import text
from chalicelib.errors.invalid import InvalidAnnotation, InvalidLabel


@pytest.mark.parametrize("dots", [".", ".."])
def test_what_a_client_resolves_in_a_path_names_nothing(dots):
    """
    To remove the label `..` a client sent DELETE /stacks/{id}: the stack was gone, and the label with it.
    """
    with pytest.raises(InvalidLabel):
        text.label(dots)
    with pytest.raises(InvalidAnnotation):
        text.annotation(dots, "value")

    assert text.annotation("key", dots) == ("key", dots)
    assert text.label("...") == "..."
