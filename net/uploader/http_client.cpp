#include "net/uploader/http_client.hpp"

#include "net/uploader/server_url.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <curl/curl.h>
#include <curl/easy.h>
#include <curl/multi.h>
#include <curl/system.h>
#include <expected>
#include <format>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <utility>

namespace haven::uploader {
namespace {

struct CleanupEasy {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct CleanupMulti {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

/// Once for the process, before any other thread of it uses curl.
bool curl_is_ready() {
    static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    return ready;
}

std::string advice_for(CURLcode code, const HttpConfig& config) {
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return "check the server's name and the network";
    case CURLE_COULDNT_CONNECT:
        return "check that the server runs and that its port is right";
    case CURLE_OPERATION_TIMEDOUT:
        return std::format("the network or the server is too slow (limits: {} s to connect, then "
                           "{} s below {} bytes a second)",
                           config.connect_timeout.count() / 1000, config.low_speed_time.count(),
                           config.low_speed_bytes_per_s);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
        return "the server's certificate is not trusted here; give its authority with a CA file, "
               "and check this machine's clock";
    case CURLE_WRITE_ERROR:
        return "the answer is larger than this client takes";
    default:
        return "it will be tried again";
    }
}

} // namespace

struct HttpClient::Impl {
    HttpConfig config;
    std::string token;
    std::unique_ptr<CURLM, CleanupMulti> multi;
    std::unique_ptr<CURL, CleanupEasy> easy;
    std::unique_ptr<curl_slist, FreeList> headers;
    std::string error_text; ///< curl writes CURL_ERROR_SIZE bytes into it
    HttpRequest request;
    HttpResponse response;
    bool busy = false;

    /// What the kernel holds back of a body goes on its way unseen, and must not take so long over
    /// a slow line that the request seems to stand still.
    static int keep_little_in_kernel(void* /*self*/, curl_socket_t socket, curlsocktype /*what*/) {
        constexpr int bytes = 128 << 10;
        ::setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
        return CURL_SOCKOPT_OK;
    }

    static std::size_t take_body(char* bytes, std::size_t /*one*/, std::size_t count, void* self) {
        auto& impl = *static_cast<Impl*>(self);
        if (impl.response.body.size() + count > impl.config.response_bytes_max) {
            return 0; // ends the transfer with CURLE_WRITE_ERROR
        }
        impl.response.body.append(bytes, count);
        return count;
    }

    void add_header(const std::string& line) {
        curl_slist* longer = curl_slist_append(headers.get(), line.c_str());
        assert(longer != nullptr);
        [[maybe_unused]] curl_slist* shorter = headers.release(); // its items are in the longer
        headers.reset(longer);
    }

    template <typename T>
    void set(CURLoption option, T value) {
        [[maybe_unused]] const CURLcode code = curl_easy_setopt(easy.get(), option, value);
        assert(code == CURLE_OK);
    }

    void set_limits();
    void set_request();
    HttpResult result_of(CURLcode code);
};

void HttpClient::Impl::set_limits() {
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_QUICK_EXIT, 1L); // nobody waits for a name server that says nothing
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(config.connect_timeout.count()));
    // A machine that is gone is noticed within half a minute of taking a request: where a server
    // holds it in line or works on it, its kernel still answers.
    set(CURLOPT_TCP_KEEPALIVE, 1L);
    set(CURLOPT_TCP_KEEPIDLE, 15L);
    set(CURLOPT_TCP_KEEPINTVL, 5L);
    set(CURLOPT_TCP_KEEPCNT, 3L);
    set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(config.low_speed_time.count()));
    set(CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(config.low_speed_bytes_per_s));
    set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(config.response_bytes_max));
    set(CURLOPT_USERAGENT, "haven-xr");
    set(CURLOPT_ERRORBUFFER, error_text.data());
    set(CURLOPT_WRITEFUNCTION, &Impl::take_body);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_SOCKOPTFUNCTION, &Impl::keep_little_in_kernel);
    if (config.ca_file) {
        set(CURLOPT_CAINFO, config.ca_file->c_str());
    }
}

void HttpClient::Impl::set_request() {
    headers.reset();
    add_header("Accept: application/json, application/problem+json, image/png");
    add_header("Expect:"); // no pause of a second before each body
    if (!request.content_type.empty()) {
        add_header("Content-Type: " + request.content_type);
    }
    if (!token.empty()) {
        add_header("Authorization: Bearer " + token);
    }
    for (const std::string& header : request.headers) {
        add_header(header);
    }
    const std::string url = config.server_url + request.path;
    set(CURLOPT_URL, url.c_str()); // copied
    set(CURLOPT_HTTPHEADER, headers.get());
    const bool has_body = request.method != "GET" && request.method != "DELETE";
    if (has_body) {
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        set(CURLOPT_POSTFIELDS, request.body.data()); // lives until the transfer is over
    } else {
        set(CURLOPT_HTTPGET, 1L);
    }
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

HttpResult HttpClient::Impl::result_of(CURLcode code) {
    if (code != CURLE_OK) {
        const std::string_view told(error_text.c_str());
        return std::unexpected(HttpError{
            .message = std::format("{} {}{}: {}; {}", request.method, config.server_url,
                                   request.path, told.empty() ? curl_easy_strerror(code) : told,
                                   advice_for(code, config))});
    }
    long status = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    response.status = static_cast<int>(status);
    const char* content_type = nullptr;
    curl_easy_getinfo(easy.get(), CURLINFO_CONTENT_TYPE, &content_type);
    response.content_type = content_type == nullptr ? "" : content_type;
    curl_off_t retry_after_s = 0; // curl reads both of its forms
    curl_easy_getinfo(easy.get(), CURLINFO_RETRY_AFTER, &retry_after_s);
    if (retry_after_s > 0) {
        constexpr curl_off_t day_s = 86'400;
        response.retry_after = std::chrono::seconds(std::min(retry_after_s, day_s));
    }
    return std::move(response);
}

HttpClient::HttpClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&& other) noexcept {
    std::swap(impl_, other.impl_);
    return *this;
}

HttpClient::~HttpClient() {
    if (impl_ != nullptr) {
        cancel();
    }
}

std::expected<HttpClient, HttpError> HttpClient::create(const HttpConfig& config) {
    const auto url = checked_server_url(config.server_url);
    if (!url) {
        return std::unexpected(HttpError{.message = url.error()});
    }
    if (!curl_is_ready()) {
        return std::unexpected(HttpError{.message = "libcurl could not be initialised"});
    }
    auto impl = std::make_unique<Impl>();
    impl->config = config;
    impl->config.server_url = url->address;
    impl->error_text.resize(CURL_ERROR_SIZE);
    impl->multi.reset(curl_multi_init());
    impl->easy.reset(curl_easy_init());
    if (impl->multi == nullptr || impl->easy == nullptr) {
        return std::unexpected(HttpError{.message = "libcurl has no memory for a connection"});
    }
    impl->set_limits();
    if (url->this_machine) {
        impl->set(CURLOPT_PROXY, ""); // none could reach it
    }
    return HttpClient(std::move(impl));
}

void HttpClient::set_token(std::string token) {
    impl_->token = std::move(token);
}

bool HttpClient::busy() const {
    return impl_->busy;
}

void HttpClient::begin(HttpRequest request) {
    assert(!impl_->busy && request.path.starts_with('/'));
    impl_->request = std::move(request);
    impl_->response = {};
    std::ranges::fill(impl_->error_text, '\0');
    impl_->set_request();
    [[maybe_unused]] const CURLMcode code =
        curl_multi_add_handle(impl_->multi.get(), impl_->easy.get());
    assert(code == CURLM_OK);
    impl_->busy = true;
}

std::optional<HttpResult> HttpClient::poll() {
    if (!impl_->busy) {
        return std::nullopt;
    }
    int running = 0;
    curl_multi_perform(impl_->multi.get(), &running);
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(impl_->multi.get(), &left)) {
        if (message->msg == CURLMSG_DONE) {
            const CURLcode code = message->data.result; // the message dies with the next call
            cancel();
            return impl_->result_of(code);
        }
    }
    return std::nullopt;
}

void HttpClient::cancel() {
    if (std::exchange(impl_->busy, false)) {
        curl_multi_remove_handle(impl_->multi.get(), impl_->easy.get());
    }
}

void HttpClient::wait(std::chrono::milliseconds wait_max) {
    curl_multi_poll(impl_->multi.get(), nullptr, 0, static_cast<int>(wait_max.count()), nullptr);
}

void HttpClient::wake() {
    curl_multi_wakeup(impl_->multi.get());
}

HttpResult HttpClient::perform(HttpRequest request) {
    constexpr std::chrono::milliseconds look_again_after(1000);
    begin(std::move(request));
    while (true) {
        if (auto result = poll()) {
            return *std::move(result);
        }
        wait(look_again_after); // returns as soon as the connection moves
    }
}

} // namespace haven::uploader
