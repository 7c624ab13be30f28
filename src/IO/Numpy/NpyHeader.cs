namespace Cellpose3D.IO.Numpy;

/// <summary>What the header of a <c>.npy</c> file says.</summary>
/// <param name="Descr">NumPy's type string, for example <c>&lt;f4</c>.</param>
/// <param name="FortranOrder">Whether the first axis runs fastest in the file.</param>
/// <param name="Shape">Length of each axis, slowest first; empty for a scalar.</param>
public sealed record NpyHeader(string Descr, bool FortranOrder, int[] Shape);
