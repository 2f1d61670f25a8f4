#include "net/api/json_scan.hpp"

#include "net/api/error_code.hpp"
#include "net/api/limits.hpp"
#include "net/api/records.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace haven::api::detail {
namespace {

constexpr std::size_t members_max = 64;

using Stops = std::array<bool, 256>;

constexpr Stops stops_at(std::string_view structural) {
    Stops table{};
    for (const char c : structural) {
        table[static_cast<std::uint8_t>(c)] = true;
    }
    return table;
}
constexpr Stops of_record = stops_at(R"("{}[],)");
constexpr Stops of_member = stops_at(R"("{}[])"); ///< most of its bytes are commas and digits

class Scanner {
  public:
    explicit Scanner(std::string_view body) : body_(body) {}

    std::expected<Scan, BodyError> run() {
        for (; at_ < body_.size() && !error_; ++at_) {
            const Stops& stops = depth_ > 1 ? of_member : of_record;
            const auto* const stop =
                std::find_if(body_.data() + at_, body_.data() + body_.size(),
                             [&stops](char c) { return stops[static_cast<std::uint8_t>(c)]; });
            at_ = static_cast<std::size_t>(stop - body_.data());
            if (at_ < body_.size()) {
                step(body_[at_]);
            }
        }
        if (!error_ && depth_ != 0) {
            fail("the JSON ends before its last bracket");
        }
        if (error_) {
            return std::unexpected(*std::move(error_));
        }
        scan_.reduced.append(body_.substr(copied_));
        return std::move(scan_);
    }

  private:
    void step(char c) {
        switch (c) {
        case '"':
            skip_string();
            break;
        case '{':
        case '[':
            open(c);
            break;
        case '}':
        case ']':
            close(c);
            break;
        default:
            if (depth_ == 1 && ++commas_ >= members_max) {
                fail("there are more members than any record has");
            }
        }
    }

    void skip_string() {
        for (++at_; at_ < body_.size() && body_[at_] != '"'; ++at_) {
            if (body_[at_] == '\\') {
                if (depth_ > 1 && body_.substr(at_).starts_with("\\u0000")) {
                    holds_nul_ = true;
                }
                ++at_; // whatever is escaped, it does not end the string
            }
        }
    }

    void open(char c) {
        if (depth_ == json_depth_max) {
            fail(std::format("the JSON is more than {} deep", json_depth_max));
            return;
        }
        closers_[depth_] = c == '{' ? '}' : ']';
        if (++depth_ == 2) {
            begin_ = at_;
            holds_nul_ = false;
        }
    }

    void close(char c) {
        if (depth_ == 0 || closers_[depth_ - 1] != c) {
            fail(std::format("the bracket '{}' at byte {} closes nothing", c, at_));
            return;
        }
        if (--depth_ == 1) {
            scan_.reduced.append(body_.substr(copied_, begin_ - copied_));
            scan_.reduced.append(c == '}' ? "{}" : "[]");
            copied_ = at_ + 1;
            scan_.containers.push_back({.text = body_.substr(begin_, copied_ - begin_),
                                        .holds_nul = holds_nul_,
                                        .reduced_end = scan_.reduced.size()});
        }
    }

    void fail(std::string detail) {
        error_ =
            BodyError{.pointer = "", .code = ErrorCode::malformed, .detail = std::move(detail)};
    }

    std::string_view body_;
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
    std::size_t commas_ = 0;
    std::size_t begin_ = 0;  ///< of the nested value being passed
    std::size_t copied_ = 0; ///< how far the body is in the reduced text
    bool holds_nul_ = false;
    std::array<char, json_depth_max> closers_{};
    std::optional<BodyError> error_;
    Scan scan_;
};

} // namespace

std::size_t Scan::body_offset(std::size_t reduced_offset) const {
    std::size_t cut = 0;
    for (const Container& container : containers) {
        if (container.reduced_end > reduced_offset) {
            break;
        }
        cut += container.text.size() - 2; // it became two bytes
    }
    return reduced_offset + cut;
}

std::expected<Scan, BodyError> scan_body(std::string_view body) {
    return Scanner(body).run();
}

} // namespace haven::api::detail
