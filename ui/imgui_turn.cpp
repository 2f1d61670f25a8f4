#include "ui/imgui_turn.hpp"

#include <mutex>

namespace haven::ui {

std::mutex& imgui_turn() {
    static std::mutex turn;
    return turn;
}

} // namespace haven::ui
