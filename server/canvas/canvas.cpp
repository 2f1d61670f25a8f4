#include "server/canvas/canvas.hpp"
