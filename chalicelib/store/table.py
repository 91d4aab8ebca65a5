"""
The one table: its base item, and its index.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, Self, TypeVar

from msgspec import Struct
from pynamodb.attributes import DiscriminatorAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection
from pynamodb.models import Model

from chalicelib.settings import settings
from chalicelib.store.attributes import WholeNumberAttribute

# What listings show. A push changes none of it, so a push writes no index.
PROJECTED = (
    "kind",
    "id",
    "name",
    "description",
    "cluster_name",
    "status",
    "generator_id",
    "is_active",
    "is_system",
    "created_at",
    "updated_at",
    "last_active_at",
)

AValue = TypeVar("AValue", bound=Struct)


class Listing(GlobalSecondaryIndex[Any]):
    """
    GSI1: listings by kind, and look-ups by label, annotation and event.
    """

    class Meta:
        index_name = "gsi1"
        projection = IncludeProjection(list(PROJECTED))

    gsi1pk = UnicodeAttribute(hash_key=True)
    gsi1sk = UnicodeAttribute(range_key=True)


class Item(Model):
    """
    What every item has. An item knows its keys; values travel.
    """

    class Meta:
        table_name = settings.table_name
        region = settings.region
        host = settings.dynamodb_endpoint
        max_pool_connections = 50
        connect_timeout_seconds = 2
        read_timeout_seconds = 5

    kind = DiscriminatorAttribute()
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    gsi1pk = UnicodeAttribute(null=True)
    gsi1sk = UnicodeAttribute(null=True)
    expires_at = WholeNumberAttribute(null=True)
    listing = Listing()

    @classmethod
    def from_raw_data(cls, data: dict[str, dict[str, Any]]) -> Self:
        """
        A row as what it is.
        """
        kind = cls._get_discriminator_class(data) or cls
        if not issubclass(kind, cls):
            raise TypeError(f"a {kind.__name__} where a {cls.__name__} was expected")
        item = kind.__new__(kind)
        item.deserialize(data)
        return item

    def deserialize(self, attribute_values: dict[str, dict[str, Any]]) -> None:
        """
        As PynamoDB's own, which asks every attribute that the class knows, stored or not: over half of the processor
        time of a poll with ten stacks. One that it does not know, a later version's, is passed over.
        """
        readers = self.readers()
        self.attribute_values = {
            name: readers[name][1](value[readers[name][0]])
            for name, value in attribute_values.items()
            if name in readers
        }

    @classmethod
    @cache
    def readers(cls) -> dict[str, tuple[str, Callable[[Any], Any]]]:
        """
        By attribute, the type under which DynamoDB gives its value, and what makes a value of that.
        """
        return {name: (attribute.attr_type, attribute.deserialize) for name, attribute in cls.get_attributes().items()}

    def as_a(self, wanted: type[AValue], prefix: str = "", **more: Any) -> AValue:
        """
        A value whose fields have the attributes' names, after a prefix, but for those given here. What is not
        stored is None.
        """
        values = self.attribute_values
        return wanted(**{name: values.get(prefix + name) for name in wanted.__struct_fields__} | more)


absent: Condition = Item.pk.does_not_exist()
present: Condition = Item.pk.exists()
