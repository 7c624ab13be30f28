namespace Cellpose3D.IO.Tests.Weights;

/// <summary>The committed files of <c>Weights/Fixtures</c>.</summary>
internal static class Fixture
{
    public static string Path(string name) => System.IO.Path.Combine(Golden.Root, "tests", "IO.Tests", "Weights", "Fixtures", name);
}
