#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What people find in their mail, read as a mail program reads it.
namespace haven::test {

struct Mail {
    std::map<std::string, std::string> headers; ///< names in lower case, unfolded
    std::string body;                           ///< decoded, lines end in \n
    std::string raw;
    std::filesystem::path file;

    /// The code that is to be typed; "" where there is none.
    [[nodiscard]] std::string code() const;
    /// Nothing where the message is not one by RFC 5322 and 2045: what is wrong with it.
    [[nodiscard]] std::string fault() const;
};

[[nodiscard]] Mail read_mail(std::string_view raw);

/// A directory of messages, *.eml.
class Mailbox {
  public:
    explicit Mailbox(std::filesystem::path directory) : directory_(std::move(directory)) {}

    /// Those to an address, as it stands in To, in the order in which they came.
    [[nodiscard]] std::vector<Mail> to(std::string_view address) const;
    [[nodiscard]] std::vector<Mail> all() const;
    /// The same once there are so many.
    std::vector<Mail> await_to(std::string_view address, std::size_t count) const;
    /// The code of the last of so many.
    std::string code_to(std::string_view address, std::size_t count = 1) const;

  private:
    std::filesystem::path directory_;
};

} // namespace haven::test
