"""Options of the test suite."""


def pytest_addoption(parser):
    parser.addoption(
        "--rewrite-golden", action="store_true", help="write down what happens now as what is expected; read the diff"
    )
