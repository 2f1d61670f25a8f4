#include "server/mail/delivery.hpp"
#include "server/mail/message.hpp"
#include "server/private_file.hpp"

#include <curl/curl.h>
#include <curl/easy.h>
#include <curl/system.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstddef>
#include <expected>
#include <format>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace haven::mail {

namespace {

constexpr long connect_timeout_s = 15;
/// Less than the shortest pause before a letter is sent again (letter_take).
constexpr long timeout_s = 60;

struct CleanupEasy {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

/// What stands between // and the next / of a URL.
std::string_view authority_of(std::string_view url) {
    url.remove_prefix(std::min(url.size(), url.find("//") + 2));
    return url.substr(0, url.find('/'));
}

std::string_view host_of(std::string_view url) {
    const std::string_view authority = authority_of(url);
    return authority.starts_with('[') ? authority.substr(0, authority.find(']') + 1)
                                      : authority.substr(0, authority.find(':'));
}

/// The mail server's word on the message, from what curl and it said last. What is wrong with us
/// (530: it wants TLS or a log-in) is nothing that the message can help.
Delivered::Outcome outcome_of(CURLcode code, long response) {
    const bool of_the_message =
        code == CURLE_SEND_ERROR || code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_RECV_ERROR;
    return of_the_message && response >= 500 && response < 600 && response != 530
               ? Delivered::Outcome::never
               : Delivered::Outcome::later;
}

class Smtp final : public Delivery {
  public:
    Smtp(SmtpSettings settings, std::string password)
        : settings_(std::move(settings)), password_(std::move(password)), easy_(curl_easy_init()) {
        assert(easy_ != nullptr);
        const bool has_path =
            authority_of(settings_.url).end() != settings_.url.data() + settings_.url.size();
        const std::string url =
            has_path ? settings_.url : std::format("{}/{}", settings_.url, settings_.name);
        set(CURLOPT_URL, url.c_str()); // copied
        set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
        set(CURLOPT_PROXY, "");
        set(CURLOPT_USE_SSL,
            static_cast<long>(is_loopback(settings_.url) ? CURLUSESSL_NONE : CURLUSESSL_ALL));
        set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        if (!settings_.ca_file.empty()) {
            set(CURLOPT_CAINFO, settings_.ca_file.c_str());
        }
        if (!settings_.user.empty()) {
            set(CURLOPT_USERNAME, settings_.user.c_str());
            set(CURLOPT_PASSWORD, password_.c_str());
        }
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_CONNECTTIMEOUT, connect_timeout_s);
        set(CURLOPT_TIMEOUT, timeout_s);
        set(CURLOPT_UPLOAD, 1L);
        set(CURLOPT_READFUNCTION, &Smtp::give);
        set(CURLOPT_READDATA, this);
        set(CURLOPT_NOPROGRESS, 0L);
        set(CURLOPT_XFERINFOFUNCTION, &Smtp::go_on);
        set(CURLOPT_XFERINFODATA, this);
    }

    Delivered deliver(const Message& message) override {
        const std::string from = std::format("<{}>", message.from);
        const std::unique_ptr<curl_slist, FreeList> to(
            curl_slist_append(nullptr, std::format("<{}>", message.to).c_str()));
        set(CURLOPT_MAIL_FROM, from.c_str());
        set(CURLOPT_MAIL_RCPT, to.get());
        set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(message.content.size()));
        rest_ = message.content;
        const CURLcode code = curl_easy_perform(easy_.get());
        set(CURLOPT_MAIL_RCPT, nullptr);
        if (code == CURLE_OK) {
            return {};
        }
        long response = 0;
        curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &response);
        return {.outcome = outcome_of(code, response),
                .why = std::format("{} ({})", curl_easy_strerror(code), response)};
    }

    void stop() override { stopping_ = true; }

  private:
    template <typename T>
    void set(CURLoption option, T value) {
        [[maybe_unused]] const CURLcode code = curl_easy_setopt(easy_.get(), option, value);
        assert(code == CURLE_OK);
    }

    static std::size_t give(char* bytes, std::size_t /*one*/, std::size_t count, void* self) {
        std::string_view& rest = static_cast<Smtp*>(self)->rest_;
        const std::size_t given = rest.copy(bytes, count);
        rest.remove_prefix(given);
        return given;
    }

    static int go_on(void* self, curl_off_t /*to_get*/, curl_off_t /*got*/, curl_off_t /*to_give*/,
                     curl_off_t /*given*/) {
        return static_cast<Smtp*>(self)->stopping_ ? 1 : 0;
    }

    SmtpSettings settings_;
    std::string password_;
    std::unique_ptr<CURL, CleanupEasy> easy_;
    std::string_view rest_; ///< of the message that is being sent
    std::atomic<bool> stopping_ = false;
};

} // namespace

bool is_loopback(std::string_view url) {
    const std::string_view host = host_of(url);
    return host == "localhost" || host == "[::1]" ||
           (host.starts_with("127.") && host.find_first_not_of("0123456789.") == host.npos);
}

std::expected<std::unique_ptr<Delivery>, std::string> smtp(const SmtpSettings& settings) {
    const bool known = settings.url.starts_with("smtp://") || settings.url.starts_with("smtps://");
    if (!known || host_of(settings.url).empty() || authority_of(settings.url).contains('@')) {
        return std::unexpected("--smtp-url wants smtp://HOST[:PORT] or smtps://HOST[:PORT]");
    }
    std::string password;
    if (!settings.user.empty()) {
        if (auto fault = others_may_read(settings.password_file)) {
            return std::unexpected(std::move(*fault));
        }
        std::ifstream file(settings.password_file);
        if (!std::getline(file, password)) {
            return std::unexpected(
                std::format("the password for --smtp-user cannot be read from {}",
                            settings.password_file.string()));
        }
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    return std::make_unique<Smtp>(settings, std::move(password));
}

} // namespace haven::mail
