using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Cellpose3D.Cli.Tests.Cluster;

/// <summary>A real Slurm on loopback: one controller and three nodes of one processor, which are processes of this user and end with the tests.</summary>
/// <remarks>
/// No systemd, no root, no file outside a folder of its own, ports that are free. Each daemon has a shell beside it that waits for its standard
/// input to end and takes the daemon along: even a test process that is killed leaves none.
/// </remarks>
public sealed class SlurmCluster : IDisposable
{
    private const string Supervise = """ "$@" & pid=$!; echo $pid; read -r _; kill -TERM $pid 2>/dev/null; wait $pid """;
    private const string NodeVariable = "CELLPOSE3D_TEST_NODE";

    private static readonly string[] Programs = ["/usr/sbin/slurmctld", "/usr/sbin/slurmd", "/usr/sbin/munged", "/usr/bin/sbatch"];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Dictionary<string, (Process Shell, int Pid)> _daemons = [];
    private readonly TemporaryFolder _folder = new(inMemory: true);
    private string? _cannot;                                             // why no cluster starts here

    /// <summary>Names of the nodes.</summary>
    public static IReadOnlyList<string> Nodes { get; } = ["node1", "node2", "node3"];

    /// <summary>What programs need to be told to find this cluster.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>Starts the cluster, once; skips the running test where Slurm is not installed, or its daemons end at once as they may in a sandbox.</summary>
    public void Require()
    {
        if (Array.Find(Programs, p => !File.Exists(p)) is { } missing)
            Assert.Skip($"needs a Slurm to start: '{missing}' is not there (Debian: apt-get install slurmctld slurmd slurm-client munge)");
        if (_cannot is not null)
            Assert.Skip(_cannot);
        if (_daemons.Count > 0)
            return;
        if (Run("id", "-un").Trim().Length == 0)
            Assert.Skip(_cannot = $"needs a Slurm to start, whose daemons run as a user that has a name; '{System.Environment.UserName}' has none");
        WriteConfiguration();
        Start("munged", Programs[2], "--foreground", "--force", $"--socket={At("munge/socket")}", $"--key-file={At("munge/key")}", $"--pid-file={At("munge/pid")}", $"--log-file={At("munge/log")}", $"--seed-file={At("munge/seed")}");
        WaitForDaemons(() => File.Exists(At("munge/socket")), "munged's socket");
        Start("slurmctld", Programs[0], "-D", "-f", At("slurm.conf"));
        foreach (string node in Nodes)
            StartNode(node);
        WaitForDaemons(() => Run("sinfo", "--noheader", "--format=%T %D").Trim() == "idle 3", "three idle nodes");
    }

    // a daemon that ends by itself will not be ready, however long it is waited for
    private void WaitForDaemons(Func<bool> holds, string what) => WaitFor(
        () =>
        {
            string? gone = _daemons.Where(d => !Directory.Exists($"/proc/{d.Value.Pid}")).Select(d => d.Key).FirstOrDefault();
            if (gone is null)
                return holds();
            string log = At(gone == "munged" ? "munge/log" : gone == "slurmctld" ? "logs/controller" : $"logs/{gone}");
            Assert.Skip(_cannot = $"needs a Slurm that starts; '{gone}' ended: {(File.Exists(log) ? File.ReadLines(log).LastOrDefault() : "without a word")}");
            return false;
        },
        what);

    /// <summary>Starts a node's daemon.</summary>
    public void StartNode(string node) => Start(node, Programs[1], "-D", "-N", node, "-f", At("slurm.conf"));

    /// <summary>Ends a node at once, with all that works on it, as a loss of power would.</summary>
    public void KillNode(string node)
    {
        (Process shell, int daemon) = _daemons[node];
        _daemons.Remove(node);
        Kill(daemon);
        KillAll(environment => environment.Contains($"{NodeVariable}={node}") || (environment.Contains($"SLURMD_NODENAME={node}") && IsOurs(environment)));
        shell.Kill();
        shell.WaitForExit();
        shell.Dispose();
    }

    /// <summary>Waits until a node takes jobs again.</summary>
    public void WaitForNode(string node) => WaitFor(() => Run("sinfo", "--noheader", "--nodes", node, "--format=%T").Trim() is "idle" or "mixed" or "allocated", $"{node} to come back");

    /// <summary>Runs one of Slurm's programs.</summary>
    /// <returns>Its standard output; empty where it failed.</returns>
    public string Run(string program, params string[] args)
    {
        var start = new ProcessStartInfo(program, args) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach ((string name, string value) in Environment)
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : "";
    }

    /// <summary>Waits until something holds.</summary>
    public static void WaitFor(Func<bool> holds, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.True(watch.Elapsed < Patience, $"waited {Patience} for {what}");
            Thread.Sleep(50);
        }
    }

    public void Dispose()
    {
        if (_daemons.Count > 0)
            Run("scancel", "--full", "--signal=KILL", $"--user={System.Environment.UserName}");
        foreach ((Process shell, int daemon) in _daemons.Values)
            shell.StandardInput.Close();
        foreach ((Process shell, int daemon) in _daemons.Values)
        {
            if (!shell.WaitForExit(TimeSpan.FromSeconds(5)))
            {
                Kill(daemon);
                shell.Kill();
                shell.WaitForExit();
            }
            shell.Dispose();
        }
        KillAll(IsOurs);
        for (int attempt = 0; Directory.Exists(_folder.Path); attempt++)
        {
            try
            {
                _folder.Dispose();
            }
            catch (IOException) when (attempt < 20)
            {
                Thread.Sleep(100);                                       // a daemon that was killed this moment still wrote
            }
        }
    }

    private void WriteConfiguration()
    {
        foreach (string folder in (string[])["munge", "state", "logs", .. Nodes.Select(n => $"spool-{n}")])
            Directory.CreateDirectory(At(folder));
        Run("chmod", "700", At("munge"));
        File.WriteAllBytes(At("munge/key"), RandomNumberGenerator.GetBytes(64));
        Run("chmod", "600", At("munge/key"));
        int[] ports = FreePorts(1 + Nodes.Count);
        string user = System.Environment.UserName;
        IEnumerable<string> nodes = Nodes.Select((node, n) => string.Create(CultureInfo.InvariantCulture, $"NodeName={node} NodeHostname=localhost Port={ports[n + 1]} CPUs=1 RealMemory=1000 State=UNKNOWN"));
        File.WriteAllLines(At("slurm.conf"),
        [
            "ClusterName=test", "SlurmctldHost=localhost", $"SlurmUser={user}", $"SlurmdUser={user}",
            string.Create(CultureInfo.InvariantCulture, $"SlurmctldPort={ports[0]}"),
            "AuthType=auth/munge", "CredType=cred/munge",
            $"AuthInfo=socket={At("munge/socket")},cred_expire=10",      // a task that is queued again waits that long
            $"StateSaveLocation={At("state")}", $"SlurmdSpoolDir={At("spool-%n")}", $"SlurmctldPidFile={At("ctld.pid")}", $"SlurmdPidFile={At("%n.pid")}",
            $"SlurmctldLogFile={At("logs/controller")}", $"SlurmdLogFile={At("logs/%n")}",
            "ProctrackType=proctrack/linuxproc", "TaskPlugin=task/none", "SlurmdParameters=config_overrides", "MpiDefault=none",
            "SelectType=select/cons_tres", "SelectTypeParameters=CR_CPU",
            "SchedulerParameters=sched_interval=1,bf_interval=1,sched_min_interval=100000",
            "ReturnToService=2", "SlurmdTimeout=6", "InactiveLimit=0", "KillWait=2",
            .. nodes,
            "PartitionName=main Nodes=ALL Default=YES State=UP",
        ]);
        Environment["SLURM_CONF"] = At("slurm.conf");
    }

    private void Start(string name, params string[] command)
    {
        var start = new ProcessStartInfo("sh", ["-c", Supervise, "sh", .. command]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["SLURM_CONF"] = At("slurm.conf");
        start.Environment[NodeVariable] = name;
        Process shell = Process.Start(start)!;
        shell.ErrorDataReceived += (_, _) => { };
        shell.BeginErrorReadLine();
        _daemons[name] = (shell, int.Parse(shell.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture));
    }

    private bool IsOurs(string[] environment) => environment.Contains($"SLURM_CONF={At("slurm.conf")}");

    private static void KillAll(Func<string[], bool> isMeant)
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int process) || process == System.Environment.ProcessId)
                continue;
            try
            {
                if (isMeant(File.ReadAllText(Path.Combine(folder, "environ")).Split('\0')))
                    Kill(process);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // it ended just now, or belongs to somebody else
            }
        }
    }

    private static void Kill(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            found.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // it ended just now
        }
    }

    private static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in listeners)
            listener.Start();
        int[] ports = Array.ConvertAll(listeners, l => ((IPEndPoint)l.LocalEndpoint).Port);
        foreach (TcpListener listener in listeners)
            listener.Dispose();
        return ports;
    }

    private string At(string name) => Path.Combine(_folder.Path, name);
}
