#include "net/uploader/private_file.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <expected>
#include <filesystem>
#include <format>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace haven::uploader {

namespace fs = std::filesystem;

namespace {

constexpr mode_t owner_alone = S_IRUSR | S_IWUSR;
constexpr std::size_t bytes_max = std::size_t{64} << 10U;

std::unexpected<std::string> failed(std::string_view doing, const fs::path& path, int number) {
    return std::unexpected(
        std::format("{} {}: {}", doing, path.string(), std::system_category().message(number)));
}

class Opened {
  public:
    explicit Opened(int descriptor) : descriptor_(descriptor) {}
    Opened(const Opened&) = delete;
    Opened& operator=(const Opened&) = delete;
    ~Opened() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
    }
    [[nodiscard]] int get() const { return descriptor_; }
    [[nodiscard]] explicit operator bool() const { return descriptor_ >= 0; }

  private:
    int descriptor_;
};

std::expected<void, std::string> sync_folder_of(const fs::path& path) {
    const fs::path folder = fs::absolute(path).parent_path();
    const Opened opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened || ::fsync(opened.get()) != 0) {
        return failed("cannot save the folder", folder, errno);
    }
    return {};
}

std::expected<void, std::string> make_folder_of(const fs::path& path) {
    std::error_code error;
    fs::create_directories(fs::absolute(path).parent_path(), error);
    if (error) {
        return failed("cannot make the folder of", path, error.value());
    }
    return {};
}

std::expected<void, std::string> write_half(const fs::path& half, std::string_view text) {
    ::unlink(half.c_str()); // what a crash has left
    const Opened opened(
        ::open(half.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, owner_alone));
    if (!opened || ::fchmod(opened.get(), owner_alone) != 0) { // whatever the umask is
        return failed("cannot write", half, errno);
    }
    while (!text.empty()) {
        const ssize_t count = ::write(opened.get(), text.data(), text.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return failed("cannot write", half, count < 0 ? errno : EIO);
        }
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    if (::fsync(opened.get()) != 0) {
        return failed("cannot save", half, errno);
    }
    return {};
}

} // namespace

std::expected<void, std::string> write_private_file(const fs::path& file, std::string_view text) {
    if (auto made = make_folder_of(file); !made) {
        return made;
    }
    fs::path half = file;
    half += ".new";
    if (auto written = write_half(half, text); !written) {
        ::unlink(half.c_str());
        return written;
    }
    if (::rename(half.c_str(), file.c_str()) != 0) {
        const int number = errno;
        ::unlink(half.c_str());
        return failed("cannot write", file, number);
    }
    return sync_folder_of(file);
}

std::expected<std::optional<std::string>, std::string> read_private_file(const fs::path& file) {
    const Opened opened(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!opened && errno == ENOENT) {
        return std::nullopt;
    }
    struct stat about{};
    if (!opened || ::fstat(opened.get(), &about) != 0) {
        return failed("cannot read", file, errno);
    }
    if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return std::unexpected(
            std::format("others may read {}, which holds secrets: chmod 600 it", file.string()));
    }
    std::string text(bytes_max, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const ssize_t count = ::read(opened.get(), text.data() + size, text.size() - size);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return failed("cannot read", file, errno);
        }
        if (count == 0) {
            break;
        }
        size += static_cast<std::size_t>(count);
    }
    text.resize(size);
    return text;
}

std::expected<void, std::string> remove_private_file(const fs::path& file) {
    if (::unlink(file.c_str()) != 0) {
        return errno == ENOENT ? std::expected<void, std::string>()
                               : failed("cannot remove", file, errno);
    }
    return sync_folder_of(file);
}

std::expected<std::optional<FileLock>, std::string> FileLock::try_take(const fs::path& file) {
    if (auto made = make_folder_of(file); !made) {
        return std::unexpected(made.error());
    }
    const int descriptor =
        ::open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, owner_alone);
    if (descriptor < 0) {
        return failed("cannot open", file, errno);
    }
    FileLock lock(descriptor);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK || errno == EINTR) {
            return std::nullopt;
        }
        return failed("cannot lock", file, errno);
    }
    return lock;
}

FileLock::~FileLock() {
    if (descriptor_ >= 0) {
        ::close(descriptor_); // and so unlocks it
    }
}

std::string machine_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0 || name.front() == '\0') {
        return "headset";
    }
    return name.data();
}

} // namespace haven::uploader
