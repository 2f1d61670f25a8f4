#include "server/objects/directory_store.hpp"

#include "server/file_descriptor.hpp"
#include "server/objects/object_store.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <expected>
#include <filesystem>
#include <format>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <ctime>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace haven::objects {

namespace fs = std::filesystem;

namespace {

using Done = std::expected<void, ObjectError>;

/// Names no key can have: a segment of a key never begins with a dot.
constexpr std::string_view temporary_prefix = ".writing-";

ObjectError error_of(int number, std::string_view doing, const fs::path& path) {
    const auto kind = number == ENOENT                       ? ObjectErrorKind::not_found
                      : number == ENOSPC || number == EDQUOT ? ObjectErrorKind::storage_full
                                                             : ObjectErrorKind::io;
    return {.kind = kind,
            .message = std::format("{} {}: {}", doing, path.string(),
                                   std::system_category().message(number))};
}

std::unexpected<ObjectError> failed(std::string_view doing, const fs::path& path) {
    return std::unexpected(error_of(errno, doing, path));
}

std::unexpected<ObjectError> bad_key(std::string_view key) {
    return std::unexpected(ObjectError{.kind = ObjectErrorKind::bad_key,
                                       .message = std::format("'{}' is no object key", key)});
}

Done sync_directory(const fs::path& directory) {
    const FileDescriptor file(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!file || ::fsync(file.fd()) != 0) {
        return failed("syncing", directory);
    }
    return {};
}

/// Makes what is missing between root and directory, syncing each parent, so that the path itself
/// survives a crash.
Done make_directories(const fs::path& root, const fs::path& directory) {
    std::error_code ignored;
    if (fs::is_directory(directory, ignored)) {
        return {};
    }
    if (directory != root) {
        if (auto parent = make_directories(root, directory.parent_path()); !parent) {
            return parent;
        }
    }
    if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
        return failed("making", directory);
    }
    return sync_directory(directory.parent_path());
}

Done write_all(const FileDescriptor& file, std::span<const std::byte> bytes, const fs::path& path) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file.fd(), bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR) {
            return failed("writing", path);
        }
        if (written > 0) {
            bytes = bytes.subspan(static_cast<std::size_t>(written));
        }
    }
    return {};
}

Done write_durably(const fs::path& path, std::span<const std::byte> bytes) {
    const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file) {
        return failed("creating", path);
    }
    // Held while it is written: another process that starts on the same directory leaves it alone.
    if (::flock(file.fd(), LOCK_EX | LOCK_NB) != 0) {
        return failed("locking", path);
    }
    if (auto written = write_all(file, bytes, path); !written) {
        return written;
    }
    if (::fsync(file.fd()) != 0) {
        return failed("syncing", path);
    }
    return {};
}

/// What a crash left half written. One that somebody writes is locked; one that is a moment old may
/// be about to be.
bool is_left_over(const fs::path& temporary) {
    constexpr std::time_t moment_s = 60;
    const FileDescriptor file(::open(temporary.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat facts{};
    return file && ::fstat(file.fd(), &facts) == 0 &&
           facts.st_mtim.tv_sec + moment_s < std::time(nullptr) &&
           ::flock(file.fd(), LOCK_EX | LOCK_NB) == 0;
}

fs::path temporary_beside(const fs::path& path) {
    static std::atomic<std::uint64_t> counter{0};
    return path.parent_path() /
           std::format("{}{}-{}", temporary_prefix, ::getpid(), counter.fetch_add(1));
}

} // namespace

DirectoryStore::DirectoryStore(fs::path root) : root_(std::move(root)) {}

std::expected<std::unique_ptr<DirectoryStore>, ObjectError>
DirectoryStore::open(const fs::path& directory) {
    std::error_code error;
    const fs::path root = fs::absolute(directory, error).lexically_normal();
    fs::create_directories(root, error);
    if (error) {
        return std::unexpected(error_of(error.value(), "making", root));
    }
    for (auto entry = fs::recursive_directory_iterator(root, error);
         !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
        if (entry->path().filename().string().starts_with(temporary_prefix) &&
            is_left_over(entry->path())) {
            std::error_code ignored;
            fs::remove(entry->path(), ignored);
        }
    }
    if (error) {
        return std::unexpected(error_of(error.value(), "reading", root));
    }
    auto store = std::unique_ptr<DirectoryStore>(new DirectoryStore(root));
    if (auto usable = store->check(); !usable) {
        return std::unexpected(std::move(usable.error()));
    }
    return store;
}

Done DirectoryStore::put(std::string_view key, std::span<const std::byte> bytes) {
    if (!is_valid_key(key)) {
        return bad_key(key);
    }
    const fs::path path = root_ / key;
    if (auto made = make_directories(root_, path.parent_path()); !made) {
        return made;
    }
    const fs::path temporary = temporary_beside(path);
    auto written = write_durably(temporary, bytes);
    if (written && ::rename(temporary.c_str(), path.c_str()) != 0) {
        written = failed("renaming to", path);
    }
    if (!written) {
        ::unlink(temporary.c_str());
        return written;
    }
    return sync_directory(path.parent_path());
}

std::expected<std::vector<std::byte>, ObjectError> DirectoryStore::get(std::string_view key) {
    if (!is_valid_key(key)) {
        return bad_key(key);
    }
    const fs::path path = root_ / key;
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat facts{};
    if (!file || ::fstat(file.fd(), &facts) != 0) {
        return failed("opening", path);
    }
    if (!S_ISREG(facts.st_mode)) {
        return std::unexpected(error_of(ENOENT, "opening", path));
    }
    std::vector<std::byte> bytes(static_cast<std::size_t>(facts.st_size));
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t count = ::read(file.fd(), bytes.data() + done, bytes.size() - done);
        if (count == 0) {
            return std::unexpected(error_of(EIO, "reading a file that became shorter,", path));
        }
        if (count < 0 && errno != EINTR) {
            return failed("reading", path);
        }
        done += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    return bytes;
}

std::expected<bool, ObjectError> DirectoryStore::exists(std::string_view key) {
    if (!is_valid_key(key)) {
        return bad_key(key);
    }
    struct stat facts{};
    if (::stat((root_ / key).c_str(), &facts) == 0) {
        return S_ISREG(facts.st_mode);
    }
    if (errno == ENOENT || errno == ENOTDIR) {
        return false;
    }
    return failed("looking at", root_ / key);
}

Done DirectoryStore::remove(std::string_view key) {
    if (!is_valid_key(key)) {
        return bad_key(key);
    }
    const fs::path path = root_ / key;
    if (::unlink(path.c_str()) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) {
            return {};
        }
        return failed("removing", path);
    }
    return sync_directory(path.parent_path());
}

Done DirectoryStore::check() {
    const fs::path probe = temporary_beside(root_ / "check");
    const std::array bytes{std::byte{1}};
    auto written = write_durably(probe, bytes);
    ::unlink(probe.c_str());
    return written;
}

} // namespace haven::objects
