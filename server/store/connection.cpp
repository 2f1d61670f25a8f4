#include "server/store/connection.hpp"
