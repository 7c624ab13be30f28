using System.Globalization;

namespace Cellpose3D.Bench;

/// <summary>Mean scores of one way of linking over the movies of one setting.</summary>
internal sealed record SweepPoint(
    string Sweep, double Value, string Masks, string Way, int Movies, double Step, double Lnk, double Bio, double Ct, double Tf, double Bc, double Chota)
{
    public const string CsvHeader = "sweep,value,masks,way,movies,step_diameters,lnk,bio,ct,tf,bc,chota";

    public static SweepPoint FromCsv(string line)
    {
        string[] cells = line.Split(',');
        double[] numbers = [.. cells[5..].Select(c => double.Parse(c, CultureInfo.InvariantCulture))];
        return new SweepPoint(
            cells[0], double.Parse(cells[1], CultureInfo.InvariantCulture), cells[2], cells[3], int.Parse(cells[4], CultureInfo.InvariantCulture),
            numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6]);
    }

    public string ToCsv() => string.Create(CultureInfo.InvariantCulture, $"{Sweep},{Value},{Masks},{Way},{Movies},{Step:f3},{Lnk:f4},{Bio:f4},{Ct:f4},{Tf:f4},{Bc:f4},{Chota:f4}");
}
