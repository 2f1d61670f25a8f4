#pragma once

#include <mutex>

namespace haven::ui {

/// Dear ImGui counts its memory in one place of the process. Whoever calls it, with a context or
/// without, has the turn meanwhile: the desk's thread and the one that paints panels. Nobody waits
/// for a display or a GPU with it.
[[nodiscard]] std::mutex& imgui_turn();

} // namespace haven::ui
