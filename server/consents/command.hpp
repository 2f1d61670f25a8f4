#pragma once

#include "server/clinicians/command_line.hpp"
#include "server/config.hpp"

#include <expected>
#include <string>
#include <string_view>

/// `haven-server consent-text`: the words of consents, put in from files by who runs the server.
namespace haven::commands {

extern const std::string_view consent_text_usage;

[[nodiscard]] std::expected<void, std::string> consent_text(const Told& told,
                                                            const ServerConfig& config);

} // namespace haven::commands
