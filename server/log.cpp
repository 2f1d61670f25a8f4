#include "server/log.hpp"
