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
    case ["tracking-sweep", "-o", string folder]:
        TrackingSweep.Run(folder, seeds: 4);
        return 0;
    case ["tracking-sweep", "-o", string folder, "--seeds", string seeds]:
        TrackingSweep.Run(folder, int.Parse(seeds, CultureInfo.InvariantCulture));
        return 0;
    case ["tracking-sweep", "-o", string folder, "--seeds", string seeds, "--part", string part]:
        TrackingSweep.RunPart(folder, int.Parse(part, CultureInfo.InvariantCulture), int.Parse(seeds, CultureInfo.InvariantCulture));
        return 0;
    case ["tracking-skips", string images]:
        TrackingSkips.Run(images);
        return 0;
    case ["fit-links", string movies]:
        LinkFit.Run(int.Parse(movies, CultureInfo.InvariantCulture));
        return 0;
    case ["linking"]:
        LinkingBench.Run();
        return 0;
    case ["linking-run", string frames]:
        LinkingBench.One(int.Parse(frames, CultureInfo.InvariantCulture), LinkingBench.Cells);
        return 0;
    case ["linking-run", string frames, string cells]:
        LinkingBench.One(int.Parse(frames, CultureInfo.InvariantCulture), int.Parse(cells, CultureInfo.InvariantCulture));
        return 0;
    case ["volume-memory"]:
        VolumeMemoryBench.Run(160, "2G");
        return 0;
    case ["volume-memory", string side, string memory]:
        VolumeMemoryBench.Run(int.Parse(side, CultureInfo.InvariantCulture), memory);
        return 0;
    case ["weak-scaling"]:
        WeakScalingBench.Run(128, 24);
        return 0;
    case ["weak-scaling", string side, string count]:
        WeakScalingBench.Run(int.Parse(side, CultureInfo.InvariantCulture), int.Parse(count, CultureInfo.InvariantCulture));
        return 0;
    default:
        Console.Error.WriteLine("usage: dotnet run --project bench -c Release -- dynamics | dynamics-large | network | render | large-image FILE SIZE CELLS | tracking-sweep -o DIR [--seeds N [--part 0-8]] | tracking-skips IMAGES | fit-links MOVIES | linking | linking-run FRAMES [CELLS] | volume-memory [SIDE MEMORY] | weak-scaling [SIDE COUNT]");
        return 2;
}
