#pragma once

#include <string>
#include <vector>

/// What verifying passwords truly cost: the linker leads this program's calls of libsodium through
/// a counter.
namespace haven::test {

/// Each verification since the last call, in its order: the cost that its hash asks for and how
/// long the password is, "argon2id$v=19$m=19456,t=2,p=1 of 11 bytes".
[[nodiscard]] std::vector<std::string> take_password_work();

} // namespace haven::test
