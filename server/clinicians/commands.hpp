#pragma once

#include <optional>
#include <span>
#include <string>

/// What the person who runs the server does beside serving: the first supervisor, and the tokens of
/// services. Blocking; for main alone.
namespace haven::commands {

/// The status to exit with, or nothing where `arguments` (without the program's name) begin with no
/// command: then the server is to serve.
[[nodiscard]] std::optional<int> run(std::span<const std::string> arguments);

} // namespace haven::commands
