#include "server/auth/token.hpp"
