#pragma once

#include "server/config.hpp"
#include "server/store/connection.hpp"

#include <cstddef>
#include <expected>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// What the commands of haven-server have in common.
namespace haven::commands {

/// The command's own words and flags, and what is left for the server's configuration.
struct Told {
    std::vector<std::string> words; ///< before the first flag
    std::map<std::string, std::string, std::less<>> flags;
    std::vector<std::string> others;

    /// Of a flag that may come several times, all of it, with spaces between; of --text with lines.
    [[nodiscard]] std::string text(std::string_view flag, std::string_view otherwise = {}) const {
        const auto found = flags.find(flag);
        return found == flags.end() ? std::string(otherwise) : found->second;
    }
    [[nodiscard]] std::string word(std::size_t index) const {
        return index < words.size() ? words[index] : "";
    }
};

/// Its schema up to date, in a transaction of the server's own work.
[[nodiscard]] std::expected<store::Connection, std::string>
open_database(const ServerConfig& config);

} // namespace haven::commands
