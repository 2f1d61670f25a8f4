#include "server/objects/directory_store.hpp"
