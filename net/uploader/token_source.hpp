#pragma once

#include "net/api/oauth.hpp"
#include "net/uploader/http_client.hpp"
#include "net/uploader/link_file.hpp"
#include "net/uploader/private_file.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace haven::uploader {

/// The access token of a linked headset, and how it is renewed: the refresh token is spent for new
/// ones, which are durable before the old are given up, so that an answer that was lost is asked
/// for again with the old. One process at a time. One thread; asks nobody by itself.
class TokenSource {
  public:
    TokenSource(LinkFile file, api::DeviceLink link)
        : file_(std::move(file)), link_(std::move(link)) {}

    [[nodiscard]] const api::DeviceLink& link() const { return link_; }
    void refused() { refused_ = true; } ///< the server does not take the access token
    [[nodiscard]] bool wants_renewal() const;

    enum class Next : std::uint8_t {
        ready,  ///< the access token is good, as far as is known here
        ask,    ///< send `request`, without a token, and take() its answer
        wait,   ///< another process is at it: a moment, then begin() again
        failed, ///< `why`; later again
        ended,  ///< the headset is not linked any more, or not to this account
    };
    struct Step {
        Next next = Next::ready;
        HttpRequest request = {};
        std::string why = {};
    };
    [[nodiscard]] Step begin();
    [[nodiscard]] Step take(const HttpResponse& response);
    void no_answer() { lock_.reset(); } ///< it was lost, or not waited for

    /// Whether somebody has linked the headset to the same account again, once it had ended.
    [[nodiscard]] bool linked_again();

  private:
    [[nodiscard]] Step save();
    [[nodiscard]] Step ended(std::string why);
    [[nodiscard]] bool is_mine(const api::DeviceLink& other) const;

    LinkFile file_;
    api::DeviceLink link_;
    bool refused_ = false;
    std::optional<FileLock> lock_;           ///< from begin() to the end of a renewal
    std::optional<api::DeviceLink> unsaved_; ///< given, and not durable yet
};

} // namespace haven::uploader
