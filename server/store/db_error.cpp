#include "server/store/db_error.hpp"
