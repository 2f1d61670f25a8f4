// For the address sanitizer: Vulkan's driver and layer stay in memory to the end, so that what they
// never free is reported under their names and can be told from what we never free.
#include <dlfcn.h>

namespace {

[[maybe_unused]] void* const driver = dlopen("libvulkan_lvp.so", RTLD_LAZY | RTLD_NODELETE);
[[maybe_unused]] void* const layer =
    dlopen("libVkLayer_khronos_validation.so", RTLD_LAZY | RTLD_NODELETE);

} // namespace
