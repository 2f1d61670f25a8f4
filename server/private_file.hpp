#pragma once

#include <filesystem>
#include <format>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace haven {

/// Of a file that holds a secret: what is wrong with it where others may read it. Nothing where it
/// is for its owner alone, or is not there.
[[nodiscard]] inline std::optional<std::string> others_may_read(const std::filesystem::path& file) {
    using std::filesystem::perms;
    std::error_code error;
    const perms mode = std::filesystem::status(file, error).permissions();
    if (error || (mode & (perms::group_all | perms::others_all)) == perms::none) {
        return std::nullopt;
    }
    return std::format("others may read {} (mode {:04o}): chmod 600 it, and treat what is in it as "
                       "known if they might have",
                       file.string(), std::to_underlying(mode & perms::mask));
}

} // namespace haven
