// What is known of each id: a sorted list, and beside it colour and flags.
uniform usampler2D u_ids;      // sorted, 2048 a row
uniform usampler2D u_looks;    // red, green, blue, flags
uniform int u_idCount;
uniform int u_allShown;

const uint SHOWN = 1u, GHOST = 2u, SELECTED = 4u;

uvec4 lookOf(uint id) {
    int low = 0, high = u_idCount - 1;
    while (low <= high) {
        int middle = (low + high) >> 1;
        ivec2 at = ivec2(middle & 2047, middle >> 11);
        uint found = texelFetch(u_ids, at, 0).r;
        if (found == id)
            return texelFetch(u_looks, at, 0);
        if (found < id)
            low = middle + 1;
        else
            high = middle - 1;
    }
    return uvec4(160u, 160u, 160u, SHOWN);
}

bool isShown(uint id) {
    return id != 0u && (u_allShown != 0 || (lookOf(id).a & SHOWN) != 0u);
}
