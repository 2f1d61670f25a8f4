#include "net/uploader/token_source.hpp"

#include "net/api/oauth.hpp"
#include "net/api/time.hpp"
#include "net/uploader/http_client.hpp"
#include "net/uploader/link_file.hpp"

#include <format>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace haven::uploader {

namespace {

constexpr std::string_view link_again =
    "link it again with `haven-xr link` (what was drawn is safe here and is sent then)";

HttpRequest renewal_of(const api::DeviceLink& link) {
    return {.method = "POST",
            .path = std::string(api::oauth_token_path),
            .content_type = std::string(api::form_media_type),
            .body = api::encode_form({{"grant_type", "refresh_token"},
                                      {"refresh_token", link.refresh_token},
                                      {"client_id", std::string(api::headset_client_id)}})};
}

} // namespace

bool TokenSource::wants_renewal() const {
    return refused_ || unsaved_ || api::now_us() >= link_.renew_at;
}

bool TokenSource::is_mine(const api::DeviceLink& other) const {
    return other.server_url == link_.server_url && other.server_id == link_.server_id &&
           other.user_id == link_.user_id;
}

TokenSource::Step TokenSource::ended(std::string why) {
    lock_.reset();
    return {.next = Next::ended, .why = std::move(why)};
}

TokenSource::Step TokenSource::begin() {
    if (unsaved_) {
        return save();
    }
    auto lock = file_.try_lock();
    if (!lock) {
        return {.next = Next::failed, .why = lock.error()};
    }
    if (!*lock) {
        return {.next = Next::wait};
    }
    lock_ = std::move(*lock);
    auto kept = file_.read();
    if (!kept) {
        lock_.reset();
        return {.next = Next::failed, .why = kept.error()};
    }
    if (!*kept) {
        return ended(std::format("this headset was unlinked; {}", link_again));
    }
    if (!is_mine(**kept)) {
        return ended("this headset was linked to another account meanwhile; end Haven and start it "
                     "again");
    }
    if ((*kept)->access_token != link_.access_token) { // another process has renewed it
        link_ = *std::move(*kept);
        refused_ = false;
        lock_.reset();
        return wants_renewal() ? begin() : Step{};
    }
    return {.next = Next::ask, .request = renewal_of(link_)};
}

TokenSource::Step TokenSource::take(const HttpResponse& response) {
    const auto tokens = api::decode_oauth_tokens(response.body);
    if (response.status == 200 && tokens) {
        unsaved_ = link_;
        unsaved_->access_token = tokens->access_token;
        unsaved_->refresh_token = tokens->refresh_token;
        unsaved_->renew_at = renew_at(tokens->expires_in);
        return save();
    }
    if (api::oauth_error(response.status, response.content_type, response.body) ==
        "invalid_grant") {
        return ended(
            std::format("the server does not know this headset's link any more; {}", link_again));
    }
    lock_.reset();
    return {.next = Next::failed,
            .why =
                std::format("POST {}: {}, and no tokens", api::oauth_token_path, response.status)};
}

TokenSource::Step TokenSource::save() {
    if (auto written = file_.write(*unsaved_); !written) {
        return {.next = Next::failed, .why = written.error()};
    }
    link_ = *std::exchange(unsaved_, std::nullopt);
    refused_ = false;
    lock_.reset();
    return {};
}

bool TokenSource::linked_again() {
    auto kept = file_.read();
    if (!kept || !*kept || !is_mine(**kept) || (*kept)->refresh_token == link_.refresh_token) {
        return false;
    }
    link_ = *std::move(*kept);
    refused_ = false;
    return true;
}

} // namespace haven::uploader
