#include "server/store/migrations.hpp"
