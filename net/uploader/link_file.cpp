#include "net/uploader/link_file.hpp"

#include "net/api/oauth.hpp"
#include "net/api/records.hpp"
#include "net/api/time.hpp"
#include "net/outbox/outbox.hpp"
#include "net/uploader/private_file.hpp"

#include <algorithm>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <format>
#include <optional>
#include <string>
#include <utility>

namespace haven::uploader {

LinkFile::LinkFile(const std::filesystem::path& data_folder)
    : file_(data_folder / "link.json"), lock_file_(data_folder / "link.lock") {}

std::expected<std::optional<api::DeviceLink>, std::string> LinkFile::read() const {
    const auto text = read_private_file(file_);
    if (!text) {
        return std::unexpected(text.error());
    }
    if (!*text) {
        return std::nullopt;
    }
    auto link = api::decode_device_link(**text);
    if (!link) { // its content is a secret: nothing of it is told
        return std::unexpected(std::format("{} is no link as Haven writes it; link this headset "
                                           "again with `haven-xr link`",
                                           file_.string()));
    }
    return *std::move(link);
}

std::expected<void, std::string> LinkFile::write(const api::DeviceLink& link) const {
    return write_private_file(file_, api::encode(link) + "\n");
}

std::expected<void, std::string> LinkFile::forget() const {
    return remove_private_file(file_);
}

std::expected<std::optional<FileLock>, std::string> LinkFile::try_lock() const {
    return FileLock::try_take(lock_file_);
}

outbox::Account account_of(const api::DeviceLink& link) {
    return {.server_id = link.server_id, .user_id = link.user_id};
}

std::string owner_of(const api::DeviceLink& link) {
    return "link " + link.id; // no token has a blank in it
}

api::TimeUs renew_at(std::int64_t expires_in_seconds) {
    constexpr std::int64_t before_s = 60; // a request under way is still taken
    const std::int64_t in_s = std::max(expires_in_seconds - before_s, expires_in_seconds / 2);
    return api::now_us() + in_s * 1'000'000;
}

} // namespace haven::uploader
