#include "tests/support/password_work.hpp"

#include <cstddef>
#include <format>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::test {

namespace {

std::mutex mutex;
std::vector<std::string> work; ///< guarded by it

/// "$argon2id$v=19$m=19456,t=2,p=1$salt$hash" without its first sign, its salt and its hash.
std::string_view cost_of(std::string_view hash) {
    std::size_t end = 0;
    for (int field = 0; field < 4 && end != std::string_view::npos; ++field) {
        end = hash.find('$', field == 0 ? 0 : end + 1);
    }
    return end == std::string_view::npos ? hash : hash.substr(1, end - 1);
}

} // namespace

std::vector<std::string> take_password_work() {
    const std::scoped_lock lock(mutex);
    return std::exchange(work, {});
}

} // namespace haven::test

// The names are the linker's.
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
extern "C" {
int __real_crypto_pwhash_str_verify(const char* hash, const char* password,
                                    unsigned long long bytes);
int __wrap_crypto_pwhash_str_verify(const char* hash, const char* password,
                                    unsigned long long bytes);

int __wrap_crypto_pwhash_str_verify(const char* hash, const char* password,
                                    unsigned long long bytes) {
    {
        const std::scoped_lock lock(haven::test::mutex);
        haven::test::work.push_back(
            std::format("{} of {} bytes", haven::test::cost_of(hash), bytes));
    }
    return __real_crypto_pwhash_str_verify(hash, password, bytes);
}
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
