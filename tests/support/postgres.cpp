#include "tests/support/postgres.hpp"
