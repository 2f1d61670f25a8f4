#pragma once

#include <cstdlib>
#include <filesystem>
#include <format>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace haven {

/// Whether it is in the folder that systemd made for this program's secrets, which it alone may
/// enter: there a list of rights lets the program read, which shows as rights of the group.
[[nodiscard]] inline bool is_credential(const std::filesystem::path& file) {
    const char* const directory = std::getenv("CREDENTIALS_DIRECTORY");
    return directory != nullptr && *directory != '\0' &&
           file.parent_path() == std::filesystem::path(directory);
}

/// Of a file that holds a secret: what is wrong with it where others may read it. Nothing where it
/// is for its owner alone, or is not there.
[[nodiscard]] inline std::optional<std::string> others_may_read(const std::filesystem::path& file) {
    using std::filesystem::perms;
    std::error_code error;
    const perms mode = std::filesystem::status(file, error).permissions();
    const perms others = perms::others_all | (is_credential(file) ? perms::none : perms::group_all);
    if (error || (mode & others) == perms::none) {
        return std::nullopt;
    }
    return std::format("others may read {} (mode {:04o}): chmod 600 it, and treat what is in it as "
                       "known if they might have",
                       file.string(), std::to_underlying(mode & perms::mask));
}

} // namespace haven
