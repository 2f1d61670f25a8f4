#include "server/seal/master_key.hpp"

#include "server/file_descriptor.hpp"
#include "server/log.hpp"
#include "server/private_file.hpp"
#include "server/seal/secret.hpp"

#include <sodium.h>

#include <cerrno>
#include <expected>
#include <filesystem>
#include <format>
#include <string>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace haven::seal {

namespace fs = std::filesystem;

namespace {

std::unexpected<std::string> failed(std::string_view doing, const fs::path& path, int number) {
    return std::unexpected(std::format("master key: {} {}: {}", doing, path.string(),
                                       std::system_category().message(number)));
}

std::expected<Secret, std::string> read_key(const FileDescriptor& file, const fs::path& path) {
    struct stat facts{};
    if (::fstat(file.fd(), &facts) != 0) {
        return failed("looking at", path, errno);
    }
    if (!S_ISREG(facts.st_mode)) {
        return std::unexpected(std::format("master key: {} is no file", path.string()));
    }
    if ((facts.st_mode & (is_credential(path) ? 0007U : 0077U)) != 0) {
        return std::unexpected(
            std::format("master key: others may read {} (mode {:04o}): chmod 600 it, and treat the "
                        "key as known if they might have",
                        path.string(), facts.st_mode & 07777U));
    }
    if (facts.st_size != static_cast<off_t>(Secret::size_bytes)) {
        return std::unexpected(
            std::format("master key: {} has {} bytes and must have {}: restore it from its backup",
                        path.string(), facts.st_size, Secret::size_bytes));
    }
    Secret key;
    const ssize_t count = ::pread(file.fd(), key.data(), Secret::size_bytes, 0);
    if (count != static_cast<ssize_t>(Secret::size_bytes)) {
        return failed("reading", path, count < 0 ? errno : EIO);
    }
    return key;
}

std::expected<void, std::string> write_new(const fs::path& path, const Secret& key) {
    const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file) {
        return failed("making", path, errno);
    }
    if (::fchmod(file.fd(), 0600) != 0) { // whatever the umask is
        return failed("making", path, errno);
    }
    const ssize_t count = ::write(file.fd(), key.data(), Secret::size_bytes);
    if (count != static_cast<ssize_t>(Secret::size_bytes) || ::fsync(file.fd()) != 0) {
        return failed("writing", path, count < 0 ? errno : EIO);
    }
    return {};
}

/// Written beside its place and linked to it: whole or not at all, and the first of two wins.
std::expected<void, std::string> make_key_file(const fs::path& path) {
    const fs::path directory = fs::absolute(path).parent_path();
    std::error_code error;
    fs::create_directories(directory, error);
    if (error) {
        return failed("making the folder of", path, error.value());
    }
    fs::path half = path;
    half += std::format(".{:08x}.new", randombytes_random());
    if (auto written = write_new(half, Secret::random()); !written) {
        ::unlink(half.c_str());
        return written;
    }
    const int linked = ::link(half.c_str(), path.c_str());
    const int number = errno;
    ::unlink(half.c_str());
    if (linked != 0) {
        if (number == EEXIST) {
            return {};
        }
        return failed("making", path, number);
    }
    const FileDescriptor folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder || ::fsync(folder.fd()) != 0) {
        return failed("syncing the folder of", path, errno);
    }
    log::warn("master_key_made",
              {{"file", path.string()},
               {"do", "keep a copy of this file apart from the database's backups: without it "
                      "nothing that is sealed can ever be read again"}});
    return {};
}

} // namespace

std::expected<Secret, std::string> read_or_make_master_key(const fs::path& path) {
    for (const bool made : {false, true}) {
        const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (file) {
            return read_key(file, path);
        }
        if (errno != ENOENT || made) {
            return failed("opening", path, errno);
        }
        if (auto done = make_key_file(path); !done) {
            return std::unexpected(done.error());
        }
    }
    return failed("opening", path, ENOENT);
}

std::expected<Secret, std::string> read_master_key(const fs::path& path) {
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return file ? read_key(file, path) : failed("opening", path, errno);
}

} // namespace haven::seal
