#include "server/store/rows.hpp"
