#include "server/store/database.hpp"
