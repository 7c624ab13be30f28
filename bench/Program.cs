using System.Globalization;
using Cellpose3D.Bench;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["dynamics"]:
        DynamicsBench.Run();
        return 0;
    case ["dynamics-large"]:
        DynamicsBench.Large();
        return 0;
    case ["network"]:
        NetworkBench.Run();
        return 0;
    case ["render"]:
        RenderBench.Run();
        return 0;
    case ["large-image", string path, string size, string cells]:
        LargeImage.Write(path, int.Parse(size, CultureInfo.InvariantCulture), int.Parse(cells, CultureInfo.InvariantCulture));
        return 0;
    default:
        Console.Error.WriteLine("usage: dotnet run --project bench -c Release -- dynamics | dynamics-large | network | render | large-image FILE SIZE CELLS");
        return 2;
}
