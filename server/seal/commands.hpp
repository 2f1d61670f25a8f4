#pragma once

#include "server/clinicians/command_line.hpp"
#include "server/config.hpp"

#include <expected>
#include <string>
#include <string_view>

/// Keys exchanged by who runs the server, in steps of 500: one that is killed goes on where it was.
namespace haven::commands {

extern const std::string_view master_key_usage;
extern const std::string_view person_keys_usage;
extern const std::string_view seal_words_usage;

[[nodiscard]] std::expected<void, std::string> exchange_master_key(const Told& told,
                                                                   const ServerConfig& config);
[[nodiscard]] std::expected<void, std::string> exchange_person_keys(const Told& told,
                                                                    const ServerConfig& config);
[[nodiscard]] std::expected<void, std::string> seal_words(const Told& told,
                                                          const ServerConfig& config);

} // namespace haven::commands
