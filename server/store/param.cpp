#include "server/store/param.hpp"
