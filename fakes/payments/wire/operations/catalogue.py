"""What is sold, and for how much: the operations of the API."""

from fakes.payments.state import catalogue
from fakes.payments.wire.operations.operation import Operation

CATALOGUE: dict[str, Operation] = {
    "POST /v1/products": Operation("product", catalogue.create_product),
    "GET /v1/products": Operation("product", keep=catalogue.product_wanted),
    "GET /v1/products/{id}": Operation("product"),
    "POST /v1/products/{id}": Operation("product", catalogue.update_product),
    "DELETE /v1/products/{id}": Operation("product", catalogue.delete_product),
    "POST /v1/prices": Operation("price", catalogue.create_price),
    "GET /v1/prices": Operation("price", keep=catalogue.price_wanted, by=("product",)),
    "GET /v1/prices/{id}": Operation("price"),
    "POST /v1/prices/{id}": Operation("price", catalogue.update_price),
}
