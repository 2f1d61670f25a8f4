#include "server/webhooks/delivery.hpp"

#include "server/seal/seal.hpp"
#include "server/seal/secret.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <curl/curl.h>
#include <curl/easy.h>
#include <curl/system.h>
#include <curl/urlapi.h>
#include <netinet/in.h>
#include <sodium.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <format>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unistd.h>

namespace haven::webhooks {

namespace ip = boost::asio::ip;

namespace {

constexpr long connect_timeout_s = 10;
/// Less than the shortest pause before it is sent again (webhook_take).
constexpr long timeout_s = 25;
constexpr std::size_t answer_bytes_max = std::size_t{64} << 10U;

struct FreeUrl {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct CleanupEasy {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::string part_of(CURLU* url, CURLUPart part) {
    char* text = nullptr;
    if (curl_url_get(url, part, &text, 0) != CURLUE_OK || text == nullptr) {
        return "";
    }
    std::string copy(text);
    curl_free(text);
    return copy;
}

bool is_this_machine(std::string_view host) {
    if (host == "localhost") {
        return true;
    }
    const bool in_brackets = host.starts_with('[') && host.ends_with(']');
    boost::system::error_code error;
    const auto address =
        ip::make_address(std::string(in_brackets ? host.substr(1, host.size() - 2) : host), error);
    return !error && address.is_loopback();
}

struct Exchange {
    const MayReach& may_reach;
    const std::atomic<bool>& stopping;
    std::size_t received = 0;
    bool refused = false;
};

std::optional<ip::address> address_of(const sockaddr* address) {
    if (address->sa_family == AF_INET) {
        sockaddr_in in{};
        std::memcpy(&in, address, sizeof in);
        return ip::address_v4(ntohl(in.sin_addr.s_addr));
    }
    if (address->sa_family == AF_INET6) {
        sockaddr_in6 in{};
        std::memcpy(&in, address, sizeof in);
        ip::address_v6::bytes_type bytes{};
        std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
        return ip::address_v6(bytes);
    }
    return std::nullopt;
}

curl_socket_t open_socket(void* self, curlsocktype /*purpose*/, curl_sockaddr* wanted) {
    auto& exchange = *static_cast<Exchange*>(self);
    const auto address = address_of(&wanted->addr);
    if (!address || !exchange.may_reach(*address)) {
        exchange.refused = true;
        return CURL_SOCKET_BAD;
    }
    return ::socket(wanted->family, wanted->socktype | SOCK_CLOEXEC, wanted->protocol);
}

std::size_t take(char* /*bytes*/, std::size_t /*one*/, std::size_t count, void* self) {
    auto& exchange = *static_cast<Exchange*>(self);
    exchange.received += count;
    return exchange.received > answer_bytes_max ? 0 : count;
}

int go_on(void* self, curl_off_t /*to_get*/, curl_off_t /*got*/, curl_off_t /*to_give*/,
          curl_off_t /*given*/) {
    return static_cast<Exchange*>(self)->stopping ? 1 : 0;
}

template <typename T>
void set(CURL* easy, CURLoption option, T value) {
    [[maybe_unused]] const CURLcode code = curl_easy_setopt(easy, option, value);
    assert(code == CURLE_OK);
}

void prepare(CURL* easy, const Message& message, curl_slist* headers, Exchange& exchange) {
    set(easy, CURLOPT_URL, message.url.c_str());
    set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    set(easy, CURLOPT_PROXY, "");
    set(easy, CURLOPT_FOLLOWLOCATION, 0L);
    set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(easy, CURLOPT_NOSIGNAL, 1L);
    set(easy, CURLOPT_CONNECTTIMEOUT, connect_timeout_s);
    set(easy, CURLOPT_TIMEOUT, timeout_s);
    set(easy, CURLOPT_POST, 1L);
    set(easy, CURLOPT_POSTFIELDS, message.body.c_str());
    set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(message.body.size()));
    set(easy, CURLOPT_HTTPHEADER, headers);
    set(easy, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
    set(easy, CURLOPT_OPENSOCKETDATA, &exchange);
    set(easy, CURLOPT_WRITEFUNCTION, &take);
    set(easy, CURLOPT_WRITEDATA, &exchange);
    set(easy, CURLOPT_NOPROGRESS, 0L);
    set(easy, CURLOPT_XFERINFOFUNCTION, &go_on);
    set(easy, CURLOPT_XFERINFODATA, &exchange);
}

} // namespace

std::optional<std::string> url_fault(const std::string& url) {
    const std::unique_ptr<CURLU, FreeUrl> parsed(curl_url());
    if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
        return "is no URL";
    }
    const std::string scheme = part_of(parsed.get(), CURLUPART_SCHEME);
    const std::string host = part_of(parsed.get(), CURLUPART_HOST);
    if (!part_of(parsed.get(), CURLUPART_USER).empty() ||
        !part_of(parsed.get(), CURLUPART_PASSWORD).empty()) {
        return "has a name or a password in it: the signature says who sends";
    }
    if (!part_of(parsed.get(), CURLUPART_FRAGMENT).empty()) {
        return "has a fragment, which is never sent";
    }
    if (scheme != "https" && (scheme != "http" || !is_this_machine(host))) {
        return "begins with neither https:// nor, to this machine, http://";
    }
    return std::nullopt;
}

bool is_public(const ip::address& address) {
    if (address.is_v4()) {
        static const std::array none = {
            "0.0.0.0/8",      "10.0.0.0/8",     "100.64.0.0/10", "127.0.0.0/8",
            "169.254.0.0/16", "172.16.0.0/12",  "192.0.0.0/24",  "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4",
        };
        return std::ranges::none_of(none, [&](const char* text) {
            const auto network = ip::make_network_v4(text);
            const auto host = ip::make_network_v4(address.to_v4(), 32);
            return host == network || host.is_subnet_of(network);
        });
    }
    const ip::address_v6 v6 = address.to_v6();
    if (v6.is_v4_mapped()) {
        return is_public(ip::make_address_v4(ip::v4_mapped, v6));
    }
    const auto host = ip::make_network_v6(v6, 128);
    // What lies beyond 2000::/3 is not the internet; these are within it, and none of it either.
    static const std::array none = {"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"};
    return host.is_subnet_of(ip::make_network_v6("2000::/3")) &&
           std::ranges::none_of(none, [&](const char* text) {
               return host.is_subnet_of(ip::make_network_v6(text));
           });
}

std::string signature_of(std::string_view id, std::int64_t seconds, std::string_view body,
                         std::span<const seal::Secret* const> secrets) {
    const std::string signed_text = std::format("{}.{}.{}", id, seconds, body);
    std::string all;
    for (const seal::Secret* const secret : secrets) {
        std::array<std::byte, crypto_auth_hmacsha256_BYTES> mac{};
        crypto_auth_hmacsha256(reinterpret_cast<unsigned char*>(mac.data()),
                               reinterpret_cast<const unsigned char*>(signed_text.data()),
                               signed_text.size(), secret->data());
        all += std::format("{}v1,{}", all.empty() ? "" : " ", seal::to_base64(mac));
    }
    return all;
}

std::string secret_text(const seal::Secret& secret) {
    return "whsec_" +
           seal::to_base64(std::as_bytes(std::span(secret.data(), seal::Secret::size_bytes)));
}

Attempt deliver(const Message& message, const MayReach& may_reach,
                const std::atomic<bool>& stopping) {
    const auto began = std::chrono::steady_clock::now();
    const std::unique_ptr<CURL, CleanupEasy> easy(curl_easy_init());
    assert(easy != nullptr);
    std::unique_ptr<curl_slist, FreeList> headers;
    for (const std::string& header :
         {std::string("Content-Type: application/json"), std::string("User-Agent: Haven"),
          "webhook-id: " + message.id, std::format("webhook-timestamp: {}", message.seconds),
          "webhook-signature: " + message.signature, std::string("Expect:")}) {
        headers.reset(curl_slist_append(headers.release(), header.c_str()));
    }
    Exchange exchange{.may_reach = may_reach, .stopping = stopping};
    prepare(easy.get(), message, headers.get(), exchange);
    const CURLcode code = curl_easy_perform(easy.get());
    long status = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    // An answer that is too long is an answer.
    const bool answered = code == CURLE_OK || (code == CURLE_WRITE_ERROR && status > 0);
    return {.status = answered ? static_cast<std::int32_t>(status) : 0,
            .failure = answered           ? ""
                       : exchange.refused ? "an address that nothing is sent to"
                                          : curl_easy_strerror(code),
            .duration = std::chrono::duration_cast<std::chrono::milliseconds>(
                std::chrono::steady_clock::now() - began)};
}

} // namespace haven::webhooks
