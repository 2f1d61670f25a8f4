#pragma once

#include "server/file_descriptor.hpp"

#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace haven::auth {

/// A list of passwords that leaked elsewhere, as "Pwned Passwords" publishes it: lines of SHA-1 in
/// upper-case hexadecimal, with ":COUNT" or without, sorted. It may be larger than memory: a
/// password is looked for in the file, a line a step. The file is read, not mapped, so that one
/// that is cut short while the server runs is an error and not its end; another one takes its place
/// by a rename and a restart.
class BreachedPasswords {
  public:
    /// The error names the file, and the line that is not as it has to be. Of a large file the
    /// beginning is read whole, and the rest at many places.
    [[nodiscard]] static std::expected<std::unique_ptr<BreachedPasswords>, std::string>
    open(const std::filesystem::path& file);

    /// Any thread. The error: the file cannot be read any more, or is another one's than it was.
    [[nodiscard]] std::expected<bool, std::string> contains(std::string_view password) const;

  private:
    BreachedPasswords(std::filesystem::path path, int fd) : path_(std::move(path)), file_(fd) {}

    /// A line, and where it is.
    struct Line {
        std::string hash;
        std::int64_t begins = 0;
        std::int64_t ends = 0; ///< behind it
    };
    /// The line that the byte `at` is in.
    [[nodiscard]] std::expected<Line, std::string> line_at(std::int64_t at) const;
    [[nodiscard]] std::expected<void, std::string> check_beginning() const;
    [[nodiscard]] std::expected<void, std::string> check_rest() const;

    std::filesystem::path path_;
    FileDescriptor file_;
    std::int64_t size_ = 0;
};

} // namespace haven::auth
