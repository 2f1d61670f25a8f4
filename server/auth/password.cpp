#include "server/auth/password.hpp"
