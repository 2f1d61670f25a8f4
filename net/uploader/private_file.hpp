#pragma once

#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// Small files with secrets in them, and one process at a time at them. The one place of this room
/// that knows the operating system. Any thread.
namespace haven::uploader {

/// For its owner alone, whole or not at all: what stood there before stays until the new text is on
/// the disk. Makes the folder if needed. The error says what, where and what to do.
[[nodiscard]] std::expected<void, std::string> write_private_file(const std::filesystem::path& file,
                                                                  std::string_view text);

/// Nothing where there is none. An error also where others than its owner may read it.
[[nodiscard]] std::expected<std::optional<std::string>, std::string>
read_private_file(const std::filesystem::path& file);

/// Nothing is wrong where there is none.
[[nodiscard]] std::expected<void, std::string>
remove_private_file(const std::filesystem::path& file);

/// Held by one process at a time, and let go with it, however it ends.
class FileLock {
  public:
    /// Nothing where another holds it. Makes the file and its folder if needed.
    [[nodiscard]] static std::expected<std::optional<FileLock>, std::string>
    try_take(const std::filesystem::path& file);
    FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    FileLock& operator=(FileLock&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~FileLock();

  private:
    explicit FileLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

/// What this machine is called by those who use it; "headset" where it has no name.
[[nodiscard]] std::string machine_name();

} // namespace haven::uploader
