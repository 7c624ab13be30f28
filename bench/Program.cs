using Cellpose3D.Bench;

switch (args)
{
    case ["dynamics"]:
        DynamicsBench.Run();
        return 0;
    default:
        Console.Error.WriteLine("usage: dotnet run --project bench -c Release -- dynamics");
        return 2;
}
