#include "server/file_descriptor.hpp"
#include "server/mail/delivery.hpp"
#include "server/mail/message.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <expected>
#include <filesystem>
#include <format>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace haven::mail {

namespace {

constexpr unsigned owner_alone = 0600;

bool write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

class Spool final : public Delivery {
  public:
    explicit Spool(std::filesystem::path directory) : directory_(std::move(directory)) {}

    Delivered deliver(const Message& message) override {
        const std::filesystem::path half = directory_ / (message.id + ".new");
        const std::filesystem::path whole = directory_ / (message.id + ".eml");
        if (!write(half, message.content) || ::rename(half.c_str(), whole.c_str()) != 0 ||
            !sync_directory()) {
            return {.outcome = Delivered::Outcome::later,
                    .why = std::format("{}: {}", directory_.string(),
                                       std::generic_category().message(errno))};
        }
        return {};
    }

  private:
    static bool write(const std::filesystem::path& path, std::string_view content) {
        const FileDescriptor file(
            ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, owner_alone));
        return file.fd() >= 0 && write_all(file.fd(), content) && ::fsync(file.fd()) == 0;
    }

    [[nodiscard]] bool sync_directory() const {
        const FileDescriptor directory(
            ::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        return directory.fd() >= 0 && ::fsync(directory.fd()) == 0;
    }

    std::filesystem::path directory_;
};

} // namespace

std::expected<std::unique_ptr<Delivery>, std::string>
spool(const std::filesystem::path& directory) {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (!error) {
        std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
    }
    if (error) {
        return std::unexpected(
            std::format("mail cannot be kept in {}: {}", directory.string(), error.message()));
    }
    return std::make_unique<Spool>(directory);
}

} // namespace haven::mail
