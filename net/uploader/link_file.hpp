#pragma once

#include "net/api/oauth.hpp"
#include "net/api/records.hpp"
#include "net/outbox/outbox.hpp"
#include "net/uploader/private_file.hpp"

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>

namespace haven::uploader {

/// Where a headset keeps its link to an account: `link.json` in the data folder, for its owner
/// alone. Whoever changes it holds the lock beside it. Any thread.
class LinkFile {
  public:
    explicit LinkFile(const std::filesystem::path& data_folder);

    /// Nothing where this headset is not linked.
    [[nodiscard]] std::expected<std::optional<api::DeviceLink>, std::string> read() const;
    /// Durable once it returns; what was there before stays until then.
    [[nodiscard]] std::expected<void, std::string> write(const api::DeviceLink& link) const;
    [[nodiscard]] std::expected<void, std::string> forget() const;
    /// Nothing while another process changes the link.
    [[nodiscard]] std::expected<std::optional<FileLock>, std::string> try_lock() const;

  private:
    std::filesystem::path file_;
    std::filesystem::path lock_file_;
};

/// Whose a linked headset's drawings are, as the server said when it was linked; and what the
/// outbox takes in place of a token for that (Outbox::use_token): its tokens come and go.
[[nodiscard]] outbox::Account account_of(const api::DeviceLink& link);
[[nodiscard]] std::string owner_of(const api::DeviceLink& link);

/// When an access token that is good for so many seconds from now is to be renewed.
[[nodiscard]] api::TimeUs renew_at(std::int64_t expires_in_seconds);

} // namespace haven::uploader
